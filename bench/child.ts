import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type Answer, type Question, type Ready, type RoleName, ROLES, type Settings } from "./roles.ts";
import type { RunningRole } from "./running-role.ts";

/** The argument that makes the process a child. */
export const ROLE_FLAG = "--role";

/** Every server, load generator and measured loop has a process of its own, so that their CPU is told apart. */
export class Child<Name extends RoleName> {
  readonly ready: Ready<Name>;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, ready: Ready<Name>) {
    this.#process = process;
    this.ready = ready;
  }

  /** Starts this program anew as the role; resolves when it is ready, rejects when it ends instead. */
  static async start<Name extends RoleName>(
    role: Name,
    settings: Settings<Name>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Child<Name>> {
    const child = fork(process.argv[1] ?? "", [ROLE_FLAG, role, JSON.stringify(settings)], {
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", ...environment },
    });
    return new Child<Name>(child, (await nextMessage(child, role)) as Ready<Name>);
  }

  async ask(question: Question<Name>): Promise<Answer<Name>> {
    this.#process.send(question);
    return (await nextMessage(this.#process, "child")) as Answer<Name>;
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill();
    await exited;
  }
}

/** The child's side: becomes what the arguments after ROLE_FLAG say, and answers until it is stopped. */
export async function becomeRole(name: string, settingsJson: string): Promise<void> {
  if (!Object.hasOwn(ROLES, name)) throw new Error(`there is no role ${name}`);
  const module = await ROLES[name as RoleName]();
  const start = module.start as (settings: unknown) => Promise<RunningRole<unknown, unknown, unknown>>;
  const role = await start(JSON.parse(settingsJson));
  process.on("message", (question) => void role.answer(question).then((answer) => process.send?.(answer)));
  process.on("disconnect", () => process.exit());
  process.send?.(role.ready);
}

async function nextMessage(child: ChildProcess, what: string): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]: unknown[]) => message),
      once(child, "exit", { signal }).then(([code]: unknown[]) => {
        throw new Error(`the ${what} process ended with ${String(code)}`);
      }),
    ]);
  } finally {
    waiting.abort();
  }
}
