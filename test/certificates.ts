import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A certificate and its key, as PEM texts and as files. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateOptions {
  /** Without one it is self-signed. */
  readonly issuer?: KeyPair;
  readonly sans?: string;
  readonly keyType?: "ec" | "rsa";
  readonly days?: number;
  readonly isCa?: boolean;
}

/** A temporary folder in which openssl makes certificates. */
export class CertificateFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), "certificates-"));

  /** Makes NAME.crt and NAME.key, replacing what is there. */
  create(name: string, options: CertificateOptions = {}): KeyPair {
    const { issuer, keyType = "ec", days = 30, isCa = false } = options;
    const { sans = "DNS:localhost,IP:127.0.0.1" } = options;
    const certFile = this.fileOf(`${name}.crt`);
    const keyFile = this.fileOf(`${name}.key`);
    const type = keyType === "ec" ? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] : ["rsa:2048"];
    const subject = `-keyout ${keyFile} -out ${certFile} -days ${days} -subj /CN=${name}`.split(" ");
    const issued = issuer === undefined ? [] : ["-CA", issuer.certFile, "-CAkey", issuer.keyFile];
    const leaf = isCa ? [] : ["-addext", "basicConstraints=critical,CA:FALSE"];
    const names = ["-addext", `subjectAltName=${sans}`];
    const all = ["req", "-x509", "-newkey", ...type, "-nodes", ...subject, ...names, ...issued, ...leaf];
    execFileSync("openssl", all, { stdio: "pipe" });
    return { certFile, keyFile, cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
  }

  fileOf(name: string): string {
    return path.join(this.path, name);
  }

  /** Writes a file and returns its path. */
  write(name: string, text: string): string {
    const file = this.fileOf(name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
