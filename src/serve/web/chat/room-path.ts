/** The page of one conversation. */
export const roomPath = (roomId: string): string => `/chat/${roomId}`

/** The room that a path of the chat names. */
export const roomOfPath = (path: string): string | undefined => /^\/chat\/([0-9a-f]{32})\/?$/.exec(path)?.[1]
