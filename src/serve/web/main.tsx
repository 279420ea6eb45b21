import { render } from "preact"
import { App } from "./app.js"
import { goOn } from "./session/session-store.js"
import "./style.css"

const root = document.getElementById("app")
if (root === null) throw new TypeError("index.html has no element #app")
render(<App />, root)
void goOn()
