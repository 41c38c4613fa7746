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

/** The data source of all panels and variables: the one that the variable `datasource` selects. */
export const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };
/** Marks a query of Grafana's Prometheus data source as a query for label values. */
const LABEL_VALUES = { qryType: 1, refId: "PrometheusVariableQueryEditor-VariableQuery" };

/** The variables that select the data source, accounts, regions and workgroups. */
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

/** A label of athena_workgroup_info by which costs are divided; its name depends on discovery.tag_labels. */
export function tagVariable(): Builder<VariableModel> {
  const value = "tag_team";
  const option = { selected: true, text: value, value };
  return new TextBoxVariableBuilder("tag")
    .label("Tag")
    .description(
      "The label of athena_workgroup_info by which costs are divided: tag_ and a tag of discovery.tag_labels.",
    )
    .defaultValue(value)
    .current(option)
    .options([option]);
}

/** "All" is a regular expression that matches everything, because a query with thousands of names would be too long. */
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
