/** A name or a quotation inside a sentence of another language: it keeps its own direction and does not turn the
 *  sentence (Unicode first strong isolate and pop directional isolate; UAX #9). */
export const isolated = (text: string): string => `\u2068${text}\u2069`

/** For terminals, some of which show the isolates as boxes. */
export const withoutIsolates = (text: string): string => text.replace(/[\u2068\u2069]/g, "")
