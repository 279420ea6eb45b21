/** What to do about a refusal, by the words of sbatch (slurm_errno.c and sbatch of Slurm 22.05). */
const CURES: readonly (readonly [RegExp, string])[] = [
  [/invalid partition|partition configuration not available/i, "set `partition` to one that sinfo lists"],
  [/invalid account/i, "set `account` to one of: sacctmgr show associations user=$USER format=account,partition"],
  [/invalid qos/i, "set `qos` to one of: sacctmgr show associations user=$USER format=account,qos"],
  [/invalid job array/i, "leave `maxArraySize` out, or set it below MaxArraySize of: scontrol show config"],
  [/time limit/i, "set `time` to at most what sinfo shows for the partition; jobs continue from their checkpoint"],
  [/memory (required|specification)/i, "lower `memoryMb`; sinfo --format='%P %m' shows what a node has"],
  [/generic resource|\bgres\b|trackable resource/i, "lower `gpus`, or name a partition that has them"],
  [/feature/i, "name in `sbatch` only constraints that sinfo --format='%P %f' shows"],
  [
    /group not permitted|access\/permission denied|not permitted to use/i,
    "name a partition, account or QOS that you may use",
  ],
  [
    /node configuration is not available|more processors/i,
    "ask for less in `cpus`, `memoryMb` and `gpus`: no node has that",
  ],
  [/unrecognized option|--help|invalid option|unable to parse|ambiguous/i, "correct the `sbatch` lines"],
]

/** In a sentence's second half, naming the keys of a profile; undefined where nothing is known to help. */
export const cureOf = (words: string): string | undefined => CURES.find(([said]) => said.test(words))?.[1]

/** The limit of jobs at a time is reached, a user's or the cluster's (MaxSubmitJobs, MaxJobCount): the same submission
 *  is taken when others have ended, or when it is smaller. */
export const isFull = (words: string): boolean =>
  /job submit limit|queue full|unable to accept job|maximum number of jobs|too many/i.test(words)

/** Nobody decided: the controller is busy, away or restarting. The same question may be answered later. */
export const isSilence = (words: string): boolean =>
  /unable to contact|timed out|connection (refused|reset|failure)|connect failure|zero bytes/i.test(words) ||
  /socket error|communication (error|connection failure)|standby mode|temporarily unavailable|munge/i.test(words)
