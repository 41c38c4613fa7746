// Builds a Debian package from the built checkout, with the production dependencies and the systemd units:
// node scripts/debian-package.mjs FOLDER
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const NAME = "athena-session-exporter";
const [, , folder = "."] = process.argv;
const { version, description, homepage } = JSON.parse(readFileSync("package.json", "utf8"));

const root = mkdtempSync(path.join(tmpdir(), "debian-package-"));
chmodSync(root, 0o755);
const below = (file) => {
  const target = path.join(root, file);
  mkdirSync(path.dirname(target), { recursive: true });
  return target;
};
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });

function addProgram() {
  const [{ filename }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", `--pack-destination=${root}`]),
  );
  const program = below(`usr/lib/node_modules/${NAME}/package.json`).replace(/\/package\.json$/, "");
  run("tar", ["--extract", "--strip-components=1", `--file=${path.join(root, filename)}`], program);
  rmSync(path.join(root, filename));
  copyFileSync("package-lock.json", path.join(program, "package-lock.json"));
  run("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], program);
  rmSync(path.join(program, "package-lock.json"));
  // npm does this when it installs a package.
  chmodSync(path.join(program, "dist/main.js"), 0o755);
  symlinkSync(`../lib/node_modules/${NAME}/dist/main.js`, below(`usr/bin/${NAME}`));
}

function addUnits() {
  for (const file of readdirSync("deploy/systemd")) {
    const source = path.join("deploy/systemd", file);
    if (/\.(service|timer)$/.test(file)) copyFileSync(source, below(`lib/systemd/system/${file}`));
  }
  copyFileSync(`deploy/systemd/${NAME}.sysusers`, below(`usr/lib/sysusers.d/${NAME}.conf`));
  copyFileSync(`deploy/systemd/${NAME}.default`, below(`etc/default/${NAME}`));
  // It may hold external ids.
  chmodSync(below(`etc/default/${NAME}`), 0o600);
}

function addControl() {
  const control = `Package: ${NAME}
Version: ${version}
Architecture: all
Maintainer: The maintainers of ${NAME} <${homepage}>
Depends: nodejs (>= 20.20)
Section: net
Priority: optional
Homepage: ${homepage}
Description: ${description.split(":")[0]}
 It does not start by itself: systemctl enable --now ${NAME}.
`;
  // Neither does anything while the package is installed into another root, or where systemd does not run.
  const scripts = {
    postinst: "systemd-sysusers; systemctl daemon-reload",
    prerm: `[ "$1" != remove ] || systemctl disable --now ${NAME}.service ${NAME}-once.timer`,
    postrm: "systemctl daemon-reload",
  };
  writeFileSync(below("DEBIAN/control"), control);
  writeFileSync(below("DEBIAN/conffiles"), `/etc/default/${NAME}\n`);
  for (const [script, commands] of Object.entries(scripts)) {
    const condition = '[ -z "$DPKG_ROOT" ] && [ -d /run/systemd/system ]';
    writeFileSync(
      below(`DEBIAN/${script}`),
      `#!/bin/sh\nset -e\nif ${condition}; then\n  ${commands}\nfi\n`,
      { mode: 0o755 },
    );
  }
}

try {
  addProgram();
  addUnits();
  addControl();
  mkdirSync(folder, { recursive: true });
  const archive = path.join(folder, `${NAME}_${version}_all.deb`);
  run("dpkg-deb", ["--root-owner-group", "-Zgzip", "--build", root, archive]);
  process.stdout.write(`${archive}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
