import type { AccountOptions } from "../../src/simulator/account.ts";

export const ACCOUNT_ID = "111111111111";
export const OTHER_ACCOUNT_ID = "222222222222";
export const REGION = "eu-west-1";
export const KEY = { accessKeyId: "AKIASIMULATOREXPORT1", secretAccessKey: "a secret of the tests" };

/** An account with two Spark workgroups and an SQL workgroup, and a second account that is reached through a role. */
export const ACCOUNTS: readonly AccountOptions[] = [
  {
    id: ACCOUNT_ID,
    keys: [KEY],
    regions: {
      [REGION]: [
        { name: "etl", engine: "PySpark engine version 3", tags: { team: "data" } },
        { name: "notebooks", engine: "Apache Spark version 3.5" },
        { name: "sql", engine: "Athena engine version 3" },
      ],
      "us-east-1": [],
    },
  },
  {
    id: OTHER_ACCOUNT_ID,
    roles: [{ name: "exporter", trustedAccountId: ACCOUNT_ID, externalId: "hush" }],
    regions: { [REGION]: [{ name: "etl", engine: "PySpark engine version 3" }] },
  },
];
