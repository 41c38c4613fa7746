import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Suppresses the SDK's warning about Node 20, as src/main.ts does.
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/distribution/**", "test/kubernetes/**"],
          // It ends tests that hang; no test expects to be fast, and a machine may be ten times as slow as usual.
          testTimeout: 300_000,
          // Integration tests wait for timeouts now and then, so that more of them can run than there are cores.
          maxWorkers: 2 * availableParallelism(),
          env,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 120_000,
          // End-to-end tests mostly wait, so that more of them can run than there are cores.
          maxWorkers: 4,
          env,
        },
      },
      {
        test: {
          name: "distribution",
          include: ["test/distribution/**/*.test.ts"],
          testTimeout: 300_000,
          maxWorkers: "100%",
          env,
        },
      },
      {
        test: {
          name: "kubernetes",
          include: ["test/kubernetes/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
