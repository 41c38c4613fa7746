import { textValue } from "./value.ts";

/** The 12 digits of an account. */
export const accountId = textValue({
  expected: 'the 12 digits of an account in quotes, such as "123456789012"',
  parse: (text) => (/^\d{12}$/.test(text) ? text : undefined),
  hint: (text) => (/^\d+$/.test(text) ? `it has ${text.length} digits` : undefined),
  numberHint: "put it in quotes, as YAML drops the leading zeros of a number",
});

/** ExternalId in https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const externalId = textValue({
  expected: "2 to 1224 letters, digits or characters of +=,.@:/-_",
  parse: (text) => (/^[\w+=,.@:/-]{2,1224}$/.test(text) ? text : undefined),
  isSecret: true,
});
