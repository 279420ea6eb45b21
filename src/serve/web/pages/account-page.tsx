import { useSignal, useSignalEffect } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { accountFailure, loadOverview, overview } from "../account/account-store.js"
import { AddFace } from "../account/add-face.js"
import { AddFinger } from "../account/add-finger.js"
import { AddPasskey } from "../account/add-passkey.js"
import { ChangePassword } from "../account/change-password.js"
import { DeleteAccount } from "../account/delete-account.js"
import { FactorList } from "../account/factor-list.js"
import { RecoveryCodes } from "../account/recovery-codes.js"
import { SessionList } from "../account/session-list.js"
import { signOut } from "../account/sign-out.js"
import { DemoPanel } from "../demo/demo-panel.js"
import { navigate } from "../router.js"
import { identityWords } from "../session/identity-words.js"
import { link, linkState } from "../session/live-link.js"
import { serverIdentity } from "../session/pinned-identity.js"
import { loadServerFacts, serverFacts } from "../session/server-facts.js"
import { newcomer, signedIn, signOutLocally } from "../session/session-store.js"
import { Button, ButtonLink } from "../ui/button.js"
import { dateWords } from "../ui/date-words.js"
import { Notice } from "../ui/notice.js"
import { Page } from "../ui/page.js"

type Adding = "finger" | "face" | "passkey" | undefined

const addingTitles = { finger: "Add a finger", face: "Add your face", passkey: "Add a passkey" } as const

async function signInAgain(): Promise<void> {
  await signOutLocally()
  navigate("/sign-in")
}

/** What the person may see and change of their own account. */
export function AccountPage() {
  const adding = useSignal<Adding>(undefined)
  const factors = useRef<HTMLHeadingElement>(null)
  const addingHeading = useRef<HTMLHeadingElement>(null)
  useEffect(() => addingHeading.current?.focus(), [adding.value])
  useSignalEffect(() => {
    if (link.value !== undefined) void loadOverview()
    void loadServerFacts()
  })
  const done = (): void => {
    adding.value = undefined
    factors.current?.focus() // what had the focus is gone
  }
  const told = overview.value
  const name = signedIn.value?.name ?? ""
  const fresh = told !== undefined && told.freshUntilMs > Date.now()
  return (
    <Page
      title={name}
      lead={told && `Your account, since ${dateWords(told.createdAtMs)}.`}
      aside={adding.value === "finger" && <DemoPanel name={name} />}
    >
      {newcomer.value !== undefined && (
        <Notice kind="good" title={`Welcome, ${name}`}>
          <p>Get your recovery codes now, and add a passkey if you like. Then open the chat.</p>
          <p>
            <ButtonLink href="/chat">Open the chat</ButtonLink>
          </p>
        </Notice>
      )}
      {accountFailure.value !== undefined && <Notice kind="bad">{accountFailure.value}</Notice>}
      {told === undefined ? (
        <p class="working" role="status">
          {linkState.value === "waiting" ? (
            "Your account is shown here when there is a connection again."
          ) : (
            <>
              <span class="spinner" aria-hidden="true" /> Asking the server…
            </>
          )}
        </p>
      ) : (
        <>
          {!fresh && (
            <Notice kind="warn" title="To change something, sign in again">
              <p>Changes need a recent sign-in, so that nobody makes them on a page that you left open.</p>
              <p>
                <Button onClick={() => void signInAgain()}>Sign in again</Button>
              </p>
            </Notice>
          )}
          <section class="card" aria-labelledby="factors">
            <h2 id="factors" ref={factors} tabIndex={-1}>
              How you sign in
            </h2>
            <FactorList factors={told.factors} fresh={fresh} />
            {adding.value === undefined && (
              <p class="actions">
                {serverFacts.value?.factors.includes("finger") && (
                  <Button
                    disabled={!fresh}
                    onClick={() => {
                      adding.value = "finger"
                    }}
                  >
                    Add a finger
                  </Button>
                )}
                {told.offers.face && (
                  <Button
                    disabled={!fresh}
                    onClick={() => {
                      adding.value = "face"
                    }}
                  >
                    Add your face
                  </Button>
                )}
                {told.offers.passkey && (
                  <Button
                    disabled={!fresh}
                    onClick={() => {
                      adding.value = "passkey"
                    }}
                  >
                    Add a passkey
                  </Button>
                )}
              </p>
            )}
          </section>
          {adding.value !== undefined && (
            <h2 ref={addingHeading} tabIndex={-1}>
              {addingTitles[adding.value]}
            </h2>
          )}
          {adding.value === "finger" && <AddFinger onDone={done} />}
          {adding.value === "face" && <AddFace onDone={done} />}
          {adding.value === "passkey" && <AddPasskey onDone={done} />}
          <section class="card" aria-labelledby="password">
            <h2 id="password">Password</h2>
            <ChangePassword name={name} fresh={fresh} />
          </section>
          <section class="card" aria-labelledby="recovery">
            <h2 id="recovery">Recovery codes</h2>
            <RecoveryCodes name={name} left={told.recoveryCodesLeft} fresh={fresh} />
          </section>
          <section class="card" aria-labelledby="sessions">
            <h2 id="sessions">Where you are signed in</h2>
            <SessionList sessions={told.sessions} />
            {told.devices.length > 0 && (
              <p class="hint">
                Scanners' computers used: {told.devices.map(({ id, scannerId }) => `${id} (${scannerId})`).join(", ")}
              </p>
            )}
            <p class="actions">
              <Button onClick={() => void signOut()}>Sign out here</Button>
            </p>
          </section>
          {serverIdentity.value !== undefined && (
            <section class="card" aria-labelledby="identity">
              <h2 id="identity">This server's identity</h2>
              <p class="hint">This browser talks to no server with another key. Compare it with the operator's.</p>
              <p class="mono">{identityWords(serverIdentity.value)}</p>
            </section>
          )}
          <section class="card" aria-labelledby="end">
            <h2 id="end">Delete the account</h2>
            <DeleteAccount name={name} fresh={fresh} />
          </section>
        </>
      )}
    </Page>
  )
}
