/**
 * Whether a workgroup runs Spark, by its engine version: "PySpark engine version 3" or "Apache Spark version 3.5"; SQL ones
 * say "Athena engine version 3". Undefined where it does not tell (absent or AUTO): only ListSessions knows then.
 */
export function isSpark(engineVersion: string): boolean | undefined {
  if (/spark/i.test(engineVersion)) return true;
  return engineVersion === "" || engineVersion === "AUTO" ? undefined : false;
}
