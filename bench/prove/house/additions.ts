import type { Edit, ProjectCopy } from "./copy-of-project.js"

/** Something new that lacks its parts: it must not compile. */
export interface Addition {
  readonly what: string
  readonly edits: readonly Edit[]
  /** The TypeScript project that is checked with the edits, and built with what it depends on if that finds nothing. */
  readonly project: string
  /** What the failure says, so that it fails for the right reason. */
  readonly says: RegExp
}

/** One line a thing that people add: see the recipes of CONTRIBUTING.md. */
export const additions: readonly Addition[] = [
  {
    what: "a sensor that has a name and nothing else",
    edits: [
      {
        file: "src/capture/fingerprint/registry.ts",
        replace: "[defaultSensor, ...",
        by: '[{ id: "empty", model: "nothing yet" }, defaultSensor, ...',
      },
    ],
    project: "src/capture",
    says: /registry\.ts.*missing the following properties from type 'SensorEntry'/s,
  },
  {
    what: "a matcher that has an id and nothing else",
    edits: [
      {
        file: "src/match/registry.ts",
        replace: "const byModality",
        by: `const empty: MatcherEntry<"fingerprint"> = {
  id: "empty",
  modality: "fingerprint",
  summary: "nothing yet",
  load: async () => ({ id: "empty", modality: "fingerprint", summary: "nothing yet" }),
}
const byModality`,
      },
    ],
    project: "src/match",
    says: /registry\.ts.*missing the following properties from type 'Matcher.*enrol/s,
  },
  {
    what: "a model of the zoo without a plan",
    edits: [
      {
        file: "src/train/zoo/registry.ts",
        replace: "zooEntries: readonly ModelEntry[] = [\n",
        by: 'zooEntries: readonly ModelEntry[] = [\n  { id: "empty", summary: "nothing yet" },\n',
      },
    ],
    project: "src/train",
    says: /zoo\/registry\.ts.*missing the following properties from type 'ModelEntry': settings, plan/s,
  },
  {
    what: "a page's path without its page",
    edits: [{ file: "src/serve/page-paths.ts", replace: '"/operator"] as', by: '"/operator", "/empty"] as' }],
    project: "src/serve/web",
    says: /routes\.ts.*Property '"\/empty"' is missing/s,
  },
]

/** Tries an addition in the copy. @returns the complaint, "" where nobody noticed that parts are missing */
export const tryAddition = (copy: ProjectCopy, { edits, project }: Addition): Promise<string> =>
  copy.withEdits(edits, async () => (await copy.check(project)) || copy.compile(project))
