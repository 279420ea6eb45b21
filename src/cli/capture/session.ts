import { join } from "node:path"
import { connectHands } from "@sourceprint/capture/fingerprint/twin/device/hands.js"
import { ActionQueue } from "@sourceprint/capture/session/action-queue.js"
import { CaptureDataset } from "@sourceprint/capture/session/capture-dataset.js"
import { obedientOperatorPort } from "@sourceprint/capture/session/obedient-operator-port.js"
import { openPlannedSensor } from "@sourceprint/capture/session/open-planned-sensor.js"
import { readSessionPlan } from "@sourceprint/capture/session/plan.js"
import { runSession } from "@sourceprint/capture/session/run-session.js"
import type { OperatorPort } from "@sourceprint/capture/session.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { logLevels, stderrLog } from "../stderr-log.js"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { terminalOperatorPort } from "./terminal-operator-port.js"

const options = {
  scanner: {
    type: "string",
    array: true,
    requiresArg: true,
    describe: "only these scanners of the plan; another desk takes the others",
  },
  hands: {
    type: "string",
    requiresArg: true,
    describe: "tcp://host:port of sourceprint twin serve: its fingers follow the prompts",
  },
  page: { type: "number", requiresArg: true, describe: "show the session at http://127.0.0.1:<page> too" },
  "log-level": { choices: logLevels, default: "error" as const, describe: "debug shows frames in hex" },
} satisfies Record<string, Options>

export const captureSessionCommand: CommandModule<object, InferredOptionTypes<typeof options> & { plan: string }> = {
  command: "session <plan>",
  describe: "Capture what a plan (YAML) asks for, guided; the same command resumes it",
  builder: (yargs) =>
    yargs.positional("plan", { type: "string", demandOption: true, describe: "plan.yaml" }).options(options),
  handler: async ({ plan: path, scanner, hands, page, logLevel }) => {
    const plan = await readSessionPlan(path)
    const log = stderrLog(logLevel)
    const folder = join("data", plan.dataset)
    const { dataset, recovery } = await CaptureDataset.open(folder)
    for (const done of recovery.completed) console.error(`completed ${done}, which was interrupted`)
    const actions = new ActionQueue()
    const terminal = terminalOperatorPort(actions)
    const operatorPorts: OperatorPort[] = [terminal]
    const twinHands = hands === undefined ? undefined : await connectHands(hands)
    if (twinHands !== undefined) operatorPorts.push(obedientOperatorPort(twinHands, actions))
    const served =
      page === undefined
        ? undefined
        : await (await import("@sourceprint/capture/session/page/serve-capture-page.js")).serveCapturePage(
            plan,
            actions,
            page,
          )
    if (served !== undefined) {
      operatorPorts.push(served.operatorPort)
      console.error(`the session is shown at ${served.url}`)
    }
    const operatorPort: OperatorPort = {
      take: () => actions.take(),
      show: (event) => {
        for (const one of operatorPorts) one.show(event)
      },
    }
    try {
      const { complete, progress } = await stopOnInterrupt((signal) =>
        runSession({
          plan,
          dataset,
          operatorPort,
          openSensor: (one) => openPlannedSensor(one, plan, log),
          signal,
          log,
          ...(scanner === undefined ? {} : { scanners: scanner }),
        }),
      )
      console.log(`${folder}: ${progress.done} of ${progress.total} touches${complete ? ", complete" : ""}`)
      if (!complete) process.exitCode = 1
    } finally {
      terminal.close()
      twinHands?.close()
      await served?.close()
      dataset.close()
    }
  },
}
