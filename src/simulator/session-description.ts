import { randomItem, type Random, randomInteger } from "./random.ts";

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

/** A session description as dbt, notebooks, PyAthena and Airflow set it, or none. */
export function randomDescription(random: Random): string | undefined {
  const kind = random();
  if (kind < 0.4) return `dbt: ${randomItem(random, MODELS)} - ${randomItem(random, ["prod", "ci", "dev"])}`;
  if (kind < 0.65) return `Notebook ${randomItem(random, NOTEBOOKS)} (${randomItem(random, PEOPLE)})`;
  if (kind < 0.8) return "PyAthena Spark session";
  if (kind < 0.9)
    return `airflow ${randomItem(random, MODELS)} try ${randomInteger(random, { min: 1, max: 3 })}`;
  return undefined;
}
