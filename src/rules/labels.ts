/** The labels that identify an account and region, for `by` and `on`. */
export const REGION = "aws_account_id, aws_region";
/** The labels that identify a workgroup. */
export const WORKGROUP = `${REGION}, workgroup`;
/** The labels that identify a session. */
export const SESSION = `${WORKGROUP}, session_id`;
