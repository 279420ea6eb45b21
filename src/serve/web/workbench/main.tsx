import { render } from "preact"
import { takeKey } from "./calls.js"
import "../style.css"
import "../ui/data.css"
import "./workbench.css"
import { Workbench } from "./workbench.js"

const root = document.getElementById("app")
if (root === null) throw new TypeError("index.html has no element #app")
takeKey()
render(<Workbench />, root)
