import { boolean, integer, list, map, optional, required, string, structure } from "./shape.ts";

// Request members that several operations share, with the constraints of the Athena API reference.

export const WORKGROUP_NAME = required(string({ pattern: /^[a-zA-Z0-9._-]{1,128}$/ }));

const PROPERTIES = map(string({ max: 51_200 }));

export const ENGINE_CONFIGURATION = structure({
  CoordinatorDpuSize: optional(integer({ min: 1, max: 1 })),
  MaxConcurrentDpus: optional(integer({ min: 2, max: 5000 })),
  DefaultExecutorDpuSize: optional(integer({ min: 1, max: 1 })),
  AdditionalConfigs: optional(PROPERTIES),
  SparkProperties: optional(PROPERTIES),
  Classifications: optional(
    list(structure({ Name: optional(string({ min: 1, max: 128 })), Properties: optional(PROPERTIES) })),
  ),
});

export const MONITORING_CONFIGURATION = structure({
  CloudWatchLoggingConfiguration: optional(
    structure({
      Enabled: required(boolean()),
      LogGroup: optional(string({ min: 1, max: 512 })),
      LogStreamNamePrefix: optional(string({ min: 1, max: 512 })),
      LogTypes: optional(map(list(string()))),
    }),
  ),
  ManagedLoggingConfiguration: optional(
    structure({ Enabled: required(boolean()), KmsKey: optional(string({ min: 1, max: 2048 })) }),
  ),
  S3LoggingConfiguration: optional(
    structure({
      Enabled: required(boolean()),
      KmsKey: optional(string({ min: 1, max: 2048 })),
      LogLocation: optional(string({ max: 1024 })),
    }),
  ),
});
