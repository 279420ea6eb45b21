/** What other programs may use of this package; its other files may change with every version.
 *  @packageDocumentation */
export { runEnrolment, runSignIn } from "./client/run-client.js"
export { productInspector } from "./server/auth/inspection/product-inspector.js"
export { type RunningServer, runServer } from "./server/run-server.js"
export { readServeConfig, type ServeConfig } from "./server/serve-config.js"
