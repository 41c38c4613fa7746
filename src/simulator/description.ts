import { pick, type Random, wholeBetween } from "./random.ts";

const MODELS = [
  "stg_orders",
  "stg_customers",
  "int_sessions_joined",
  "fct_revenue_daily",
  "dim_products",
  "mart_churn_scores",
] as const;
const NOTEBOOKS = [
  "churn-exploration",
  "Q3 forecast",
  "untitled-1",
  "data quality",
  "ad-hoc funnel",
] as const;
const PEOPLE = ["ana", "bert", "chidi", "dana", "emre"] as const;

/** What people and tools write into a session's Description: dbt's models, notebooks, PyAthena, or nothing. */
export function describeSession(random: Random): string | undefined {
  const kind = random();
  if (kind < 0.4) return `dbt: ${pick(random, MODELS)} - ${pick(random, ["prod", "ci", "dev"])}`;
  if (kind < 0.65) return `Notebook ${pick(random, NOTEBOOKS)} (${pick(random, PEOPLE)})`;
  if (kind < 0.8) return "PyAthena Spark session";
  if (kind < 0.9) return `airflow ${pick(random, MODELS)} try ${wholeBetween(random, { min: 1, max: 3 })}`;
  return undefined;
}
