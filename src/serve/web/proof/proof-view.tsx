import { FaceScene } from "./face-scene.js"
import { FactorChoice } from "./factor-choice.js"
import { JudgedScene } from "./judged-scene.js"
import { PasskeyScene } from "./passkey-scene.js"
import type { ProofStage } from "./proof-scene.js"
import { RecoveryForm } from "./recovery-form.js"
import { ScannerChoice } from "./scanner-choice.js"
import { TouchScene } from "./touch-scene.js"
import { WaitingScene } from "./waiting-scene.js"

interface ProofViewProps {
  readonly stage: ProofStage
  readonly purpose: "sign-in" | "sign-up"
}

/** The scene that a proof is at. A recovery code may stand in for whatever a sign-in asks. */
export function ProofView({ stage, purpose }: ProofViewProps) {
  const scene = stage.scene.value
  const recovery = "answer" in scene && purpose === "sign-in" && (
    <RecoveryForm answer={(recoveryCode) => scene.answer({ recoveryCode })} />
  )
  return (
    <>
      <Scene scene={scene} purpose={purpose} />
      {recovery}
    </>
  )
}

function Scene({ scene, purpose }: { scene: ProofStage["scene"]["value"]; purpose: ProofViewProps["purpose"] }) {
  switch (scene.kind) {
    case "working":
      return (
        <p class="working" role="status">
          <span class="spinner" aria-hidden="true" /> {scene.words}
        </p>
      )
    case "waiting":
      return <WaitingScene untilMs={scene.untilMs} />
    case "factors":
      return (
        <FactorChoice
          factorPolicies={scene.factorPolicies}
          legend={purpose === "sign-up" ? "What will you sign in with?" : "What do you sign in with?"}
          several={purpose === "sign-up"}
          answer={scene.answer}
        />
      )
    case "scanners":
      return <ScannerChoice {...scene} purpose={purpose} key={scene.last} />
    case "touch":
      return <TouchScene {...scene} />
    case "face":
      return <FaceScene {...scene} purpose={purpose} />
    case "judged":
      return <JudgedScene report={scene.report} enrols={purpose === "sign-up"} />
    case "passkey":
      return <PasskeyScene options={scene.options} answer={scene.answer} />
  }
}
