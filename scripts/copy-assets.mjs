import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

/**
 * Copies the files of src that tsc does not compile, such as stylesheets, to the folder that the first argument names, and
 * package.json, which sources read, beside it.
 */
const [target = "dist"] = process.argv.slice(2);
const assets = readdirSync("src", { recursive: true, withFileTypes: true }).filter(
  (entry) => entry.isFile() && !entry.name.endsWith(".ts"),
);
for (const { parentPath, name } of assets) {
  const folder = path.join(target, path.relative("src", parentPath));
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(parentPath, name), path.join(folder, name));
}
const home = path.resolve(target, "..");
if (home !== process.cwd()) copyFileSync("package.json", path.join(home, "package.json"));
