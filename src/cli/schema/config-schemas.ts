import { SessionPlan } from "@sourceprint/capture/session/plan.js"
import { SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import { TrialConfig } from "@sourceprint/serve/trial/trial-config.js"
import { ExperimentConfig } from "@sourceprint/train/experiment-config.js"
import { zooEntries } from "@sourceprint/train/zoo/registry.js"
import { z } from "zod"

/** A JSON Schema, as far as this folder looks into one. */
export interface JsonSchema {
  readonly [key: string]: unknown
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema | false
  readonly prefixItems?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

/** A kind of YAML file that people write. */
export interface ConfigKind {
  readonly id: "experiment" | "session" | "trial" | "serve" | "slurm"
  /** Which command reads it. */
  readonly command: string
  readonly schema: z.ZodType
  /** A whole file that the code accepts: values of its keys are the examples of the reference. */
  readonly example: unknown
  /** Further examples, by path, for alternatives that the file does not take. */
  readonly further?: Readonly<Record<string, unknown>>
}

export const configKinds: readonly ConfigKind[] = [
  {
    id: "experiment",
    command: "sourceprint experiment run <file>",
    schema: ExperimentConfig,
    example: {
      name: "my-scanners",
      question: "Which of our scanners took the image?",
      dataset: { folder: "data/my-scanners", collections: ["main"], scanners: ["unit-1", "unit-2"] },
      split: { by: "subject", folds: 4 },
      view: { region: { kind: "common-window", sidePx: 128 }, patches: { sidePx: 64, grid: 3 } },
      models: [{ id: "small-cnn", label: "small", training: { epochs: 20 } }, { id: "texture-ridge" }],
      training: { epochs: 30, batchSize: 32, learningRate: 0.001, patience: 5, shares: 2 },
      sweep: { product: { "training.learningRate": [0.001, 0.0003] } },
      run: { workers: 2 },
    },
    further: {
      plugins: ["examples/plugins/difference-energy.mjs"],
      "plugins[].file": "examples/plugins/difference-energy.mjs",
      "plugins[].sha256": "0".repeat(64),
      "augment.steps": [{ id: "negative", settings: { share: 0.5 } }],
      "search.ranges": { "training.learningRate": { from: 0.0001, to: 0.1, scale: "log" } },
      "split.fractions": { train: 0.5, dev: 0.25, eval: 0.25 },
      search: {
        method: "tpe",
        trials: 30,
        startup: 10,
        parallel: 2,
        seed: 1,
        ranges: { "training.learningRate": { from: 0.0001, to: 0.1, scale: "log" } },
      },
      "search.minEpochs": 3,
      "search.maxEpochs": 27,
      "search.reduction": 3,
    },
  },
  {
    id: "session",
    command: "sourceprint capture session <plan>",
    schema: SessionPlan,
    example: {
      name: "autumn",
      dataset: "autumn",
      scanners: [{ id: "unit-1", port: "/dev/ttyUSB0", model: "R307" }],
      subjects: ["person-01", "person-02"],
      fingers: ["right-index", "left-index"],
      impressions: 8,
      consent: { text: "I agree that images of my fingers are kept for this study." },
    },
  },
  {
    id: "trial",
    command: "sourceprint trial run <file>",
    schema: TrialConfig,
    example: {
      name: "small",
      seed: 1,
      people: 8,
      units: 3,
      matching: { threshold: 11.5 },
      sessions: { genuine: 40, "impostor-finger": 20, "wrong-scanner": 20 },
      attacks: { replay: 10 },
    },
  },
  {
    id: "serve",
    command: "sourceprint serve --config <file>",
    schema: ServeConfig,
    example: {
      tls: { certFile: "tls/cert.pem", keyFile: "tls/key.pem" },
      policy: {
        accept: [
          ["password", "finger"],
          ["password", "passkey"],
        ],
      },
      matching: { threshold: 11.5, models: { "unit-1": "demo-unit-1" }, guard: "data/tamper-detector" },
      passkeys: { rpId: "example.org", origins: ["https://example.org"] },
    },
  },
  {
    id: "slurm",
    command: "sourceprint experiment run <file> --launcher slurm --profile <file>",
    schema: SlurmSettings,
    example: {
      partition: "short",
      account: "lab",
      qos: "normal",
      time: "02:00:00",
      memoryMb: 4000,
      arrayLimit: 50,
      sbatch: ["--constraint=avx2"],
      setup: ["module load nodejs"],
      node: "/opt/node/bin/node",
      maxArraySize: 500,
    },
  },
]

const toJson = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema

/** The JSON Schema (draft 2020-12) of a kind of file, from the schema that the code parses it with. That of an
 *  experiment knows the settings of each model of the zoo. What depends on several keys at once (sums, names used
 *  twice) is checked by the command alone. */
export function configSchema({ id, command, schema }: ConfigKind): JsonSchema {
  const title = `sourceprint ${id}: ${command}`
  const written = toJson(schema)
  if (id !== "experiment") return { ...written, title }
  const models = written.properties?.models as JsonSchema
  const item = models.items as JsonSchema
  const settingsOf = zooEntries.map((entry) => {
    const { $schema: _, ...settings } = toJson(entry.settings)
    return {
      if: { properties: { id: { const: entry.id } }, required: ["id"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { settings } },
    }
  })
  const properties = {
    ...item.properties,
    id: { anyOf: [{ enum: zooEntries.map((entry) => entry.id) }, item.properties?.id ?? {}] },
  }
  const items = { ...item, properties, allOf: settingsOf }
  return { ...written, title, properties: { ...written.properties, models: { ...models, items } } }
}
