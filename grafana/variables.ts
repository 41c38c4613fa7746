import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { regionSeries } from "./queries.ts";

/** The data source that all panels and variables ask. */
export const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };
/** In the words of Grafana's Prometheus data source: values of a label. */
const LABEL_VALUES = { qryType: 1, refId: "PrometheusVariableQueryEditor-VariableQuery" };

/** Which Prometheus, and which accounts, regions and workgroups. */
export function selectionVariables(): readonly Builder<VariableModel>[] {
  return [
    new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
    labelVariable("account", "Account", "label_values(athena_account_up, aws_account_id)"),
    labelVariable(
      "region",
      "Region",
      'label_values(athena_account_up{aws_account_id=~"$account"}, aws_region)',
    ),
    labelVariable(
      "workgroup",
      "Workgroup",
      `label_values(${regionSeries("athena_workgroup_up")}, workgroup)`,
    ),
  ];
}

export function priceVariable(): Builder<VariableModel> {
  return numberVariable("price", "$ a DPU-hour", "0.35", "What a DPU-hour costs, in dollars.");
}

/** 160 is what AWS gives an account in a region by default. */
export function quotaVariable(): Builder<VariableModel> {
  const description = "How many DPUs an account may hold in a region at a time: its quota in Service Quotas.";
  return numberVariable("quota", "DPU quota", "160", description);
}

export function rateLimitVariable(): Builder<VariableModel> {
  const description =
    "poll.rate_limit of the exporter's configuration: calls a second in an account's region.";
  return numberVariable("rate_limit", "Rate limit", "5", description);
}

/** All are one regular expression that matches everything: thousands of names would make a query too long. */
function labelVariable(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query({ query, ...LABEL_VALUES })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: ["All"], value: ["$__all"] });
}

function numberVariable(name: string, label: string, value: string, description: string) {
  const option = { selected: true, text: value, value };
  return new TextBoxVariableBuilder(name)
    .label(label)
    .description(description)
    .defaultValue(value)
    .current(option)
    .options([option]);
}
