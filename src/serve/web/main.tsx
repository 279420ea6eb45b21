import { render } from "preact"
import { App } from "./app.js"
import { clearLeftBehind } from "./files/received-files.js"
import { keepsNothing, restoreSession, signedIn } from "./session/session-store.js"
import "./style.css"

const root = document.getElementById("app")
if (root === null) throw new TypeError("index.html has no element #app")
render(<App />, root)
void restoreSession().then(() => {
  if (signedIn.value === undefined && !keepsNothing.value) return clearLeftBehind()
})
