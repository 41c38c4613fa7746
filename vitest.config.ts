import { defineConfig } from "vitest/config";

// The SDK warns of Node 20 once a process, as it would the user; see src/main.ts.
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**"],
          // The default leaves a core to nobody.
          maxWorkers: "100%",
          env,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 120_000,
          // They wait far more than they work.
          maxWorkers: 4,
          env,
        },
      },
    ],
  },
});
