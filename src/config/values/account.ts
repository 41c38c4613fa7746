import { textValue } from "./value.ts";

/** The 12 digits of an account. */
export const accountId = textValue({
  expected: 'the 12 digits of an account in quotes, such as "123456789012"',
  parse: (text) => (/^\d{12}$/.test(text) ? text : undefined),
  hint: (text) => (/^\d+$/.test(text) ? `it has ${text.length} digits` : undefined),
  numberHint: "put it in quotes, as YAML drops the leading zeros of a number",
});

/** ParentId in https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html */
export const organizationalUnit = textValue({
  expected: "the id of an organizational unit or of a root, such as ou-ab12-cd34ef56 or r-ab12",
  parse: (text) => (/^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/.test(text) ? text : undefined),
  hint: (text) => (text.includes("arn:") ? "the id is what follows the last slash" : undefined),
});

/** ExternalId in https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const externalId = textValue({
  expected: "2 to 1224 letters, digits or characters of +=,.@:/-_",
  parse: (text) => (/^[\w+=,.@:/-]{2,1224}$/.test(text) ? text : undefined),
  isSecret: true,
});
