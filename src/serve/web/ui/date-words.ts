const dateAndTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" })

/** "22 Nov 2026, 01:10", in the time of this computer. */
export const dateWords = (ms: number): string => dateAndTime.format(ms)
