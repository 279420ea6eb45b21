import { AppError } from "@sourceprint/core/errors.js"
import type { Launcher } from "@sourceprint/core/launch/launcher.js"
import { type DependentJob, dependentJob } from "@sourceprint/core/launch/slurm/slurm-dependent.js"
import { slurmLauncher } from "@sourceprint/core/launch/slurm/slurm-launcher.js"
import { readSlurmProfile, SlurmSettings } from "@sourceprint/core/launch/slurm/slurm-settings.js"
import { launchFolder } from "@sourceprint/train/run-record.js"

export interface LauncherChoice {
  readonly launcher: string
  readonly profile?: string | undefined
  readonly detach: boolean
}

export interface ChosenLauncher {
  readonly launcher: (runFolder: string) => Launcher
  /** Of the command: "done" with the run, page and all, or "left" to what stands in for it. */
  end(how: "done" | "left"): Promise<void>
}

/** What `--launcher`, `--profile` and `--detach` ask for; undefined: workers on this machine.
 *  @throws AppError "experiment/launcher" for options that do not go together, "slurm/profile" */
export async function chosenLauncher(
  { launcher, profile, detach }: LauncherChoice,
  logLine: (line: string) => void,
): Promise<ChosenLauncher | undefined> {
  if (launcher === "local") {
    if (profile === undefined && !detach) return undefined
    throw new AppError("experiment/launcher", "--profile and --detach belong to --launcher slurm; add it")
  }
  const settings = profile === undefined ? SlurmSettings.parse({}) : await readSlurmProfile(profile)
  const words = process.argv.slice(1).filter((word) => !/^--detach(=.*)?$/.test(word))
  const command = [...words, "--detach"] // what starts again then has a job of its own to follow it
  let dependent: DependentJob | undefined
  return {
    launcher(runFolder) {
      const folder = launchFolder(runFolder)
      dependent = dependentJob(settings, { folder, command, detach, logLine })
      return slurmLauncher(settings, { folder, logLine, dependent })
    },
    end: async (how) => await dependent?.end(how),
  }
}
