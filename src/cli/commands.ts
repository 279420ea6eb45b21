import type { Argv } from "yargs"

/** A command (or group) as `--help` lists it. `register` loads its code: only the command that is called pays for the
 *  libraries that it needs. */
export interface CommandEntry {
  readonly usage: string
  readonly describe: string
  register(cli: Argv): Promise<unknown>
}

/** Every command of `sourceprint`, in the order of `--help`: one file a command (or group), one entry here. Usage and
 *  description are those of the file; a test holds the two together. */
export const commands: readonly CommandEntry[] = [
  {
    usage: "demo",
    describe:
      "The whole story on simulated scanners: capture, experiment, promoted model, report (2 minutes); --serve: pages",
    register: async (cli) => cli.command((await import("./demo/demo.js")).demoCommand),
  },
  {
    usage: "capture <command>",
    describe: "Scanners: guided sessions, single touches, checks, tuning",
    register: async (cli) => cli.command((await import("./capture/capture.js")).captureCommand),
  },
  {
    usage: "data <command>",
    describe: "Datasets: import, check, stats, log, diff, restore, describe",
    register: async (cli) => cli.command((await import("./data/data.js")).dataCommand),
  },
  {
    usage: "experiment <command>",
    describe: "Experiments: run, queue, plan, status, cancel, logs, list, note, export, delete",
    register: async (cli) => cli.command((await import("./experiment/experiment.js")).experimentCommand),
  },
  {
    usage: "new <command>",
    describe: "Write a first file: experiment, model",
    register: async (cli) => cli.command((await import("./new/new.js")).newCommand),
  },
  {
    usage: "plugin <command>",
    describe: "Models, augmentations, metrics and report sections of one's own: test",
    register: async (cli) => cli.command((await import("./plugin/plugin.js")).pluginCommand),
  },
  {
    usage: "schema [kind]",
    describe: "JSON Schema of a kind of YAML file, for completion in editors",
    register: async (cli) => cli.command((await import("./schema/schema.js")).schemaCommand),
  },
  {
    usage: "model <command>",
    describe: "Promoted models: promote, list, alias, show, verify, predict, export, import; tamper-detector",
    register: async (cli) => cli.command((await import("./model/model.js")).modelCommand),
  },
  {
    usage: "match <command>",
    describe: "Fingers and faces: verify, identify, benchmark, calibrate, export, import",
    register: async (cli) => cli.command((await import("./match/match.js")).matchCommand),
  },
  {
    usage: "report [run..]",
    describe: "Render runs to self-contained pages and make the index of all runs",
    register: async (cli) => cli.command((await import("./report.js")).reportCommand),
  },
  {
    usage: "ui",
    describe: "The workbench in the browser, on this machine alone: datasets, runs, comparisons, new experiments",
    register: async (cli) => cli.command((await import("./ui/ui.js")).uiCommand),
  },
  {
    usage: "twin <command>",
    describe: "Simulated fingers and scanners: serve, dataset, finger",
    register: async (cli) => cli.command((await import("./twin/twin.js")).twinCommand),
  },
  {
    usage: "serve",
    describe: "Run the authentication server; ends cleanly on SIGINT and SIGTERM",
    register: async (cli) => cli.command((await import("./serve/serve.js")).serveCommand),
  },
  {
    usage: "client <command>",
    describe: "Scanner-side client: key, enroll, login, password, kiosk, scanner",
    register: async (cli) => cli.command((await import("./client/client.js")).clientCommand),
  },
  {
    usage: "chat",
    describe: "End-to-end encrypted chat in the terminal; without a terminal, plain lines for scripts",
    register: async (cli) => cli.command((await import("./chat/chat.js")).chatCommand),
  },
  {
    usage: "account <command>",
    describe: "Accounts of the server: list, code, identify, operator, disable, enable, delete",
    register: async (cli) => cli.command((await import("./serve/account.js")).accountCommand),
  },
  {
    usage: "device <command>",
    describe: "Scanner-side devices of the server: add, list, revoke",
    register: async (cli) => cli.command((await import("./serve/device.js")).deviceCommand),
  },
  {
    usage: "audit <command>",
    describe: "The server's audit log: verify, list, prune",
    register: async (cli) => cli.command((await import("./serve/audit.js")).auditCommand),
  },
  {
    usage: "study <command>",
    describe: "Captures kept for a study, where policy.keepImages is on: export, delete",
    register: async (cli) => cli.command((await import("./serve/study.js")).studyCommand),
  },
  {
    usage: "keys <command>",
    describe: "The server's master key: create, rotate",
    register: async (cli) => cli.command((await import("./serve/keys.js")).keysCommand),
  },
  {
    usage: "trial <command>",
    describe: "Trials of the authentication server: run",
    register: async (cli) => cli.command((await import("./trial/trial.js")).trialCommand),
  },
]

/** Registers all commands; the one named `wanted` with its options, the others by name alone. */
export async function registerCommands(cli: Argv, wanted: string | undefined): Promise<void> {
  for (const { usage, describe, register } of commands) {
    if (usage.split(" ")[0] === wanted) await register(cli)
    else cli.command(usage, describe)
  }
}
