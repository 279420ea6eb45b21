/** The paths at which the pages answer; the server sends the same document for each, the page's router does the
 *  rest. */
export const pagePaths = ["/", "/sign-up", "/sign-in", "/chat", "/account", "/operator"] as const
export type PagePath = (typeof pagePaths)[number]

/** The page that a path belongs to: `/chat/<room>` is the chat's. Undefined: no page of ours. */
export const pagePathOf = (path: string): PagePath | undefined =>
  pagePaths.find((page) => path === page || (page !== "/" && path.startsWith(`${page}/`)))
