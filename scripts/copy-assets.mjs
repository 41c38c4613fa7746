import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

/** Copies the files of src that tsc does not compile, such as stylesheets, to the folder that the first argument names. */
const [target = "dist"] = process.argv.slice(2);
const assets = readdirSync("src", { recursive: true, withFileTypes: true }).filter(
  (entry) => entry.isFile() && !entry.name.endsWith(".ts"),
);
for (const { parentPath, name } of assets) {
  const folder = path.join(target, path.relative("src", parentPath));
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(parentPath, name), path.join(folder, name));
}
