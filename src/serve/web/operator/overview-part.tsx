import { DataTable } from "../ui/data-table.js"
import { Part } from "../ui/part.js"
import { durationWords } from "../ui/time-words.js"
import { usePolled } from "./polled.js"

const ms = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1))

export function OverviewPart() {
  const polled = usePolled({ ask: "overview" }, 5000)
  return (
    <Part polled={polled} empty="">
      {(facts) => (
        <>
          <dl class="facts">
            <Fact label="Running for" value={durationWords(Date.now() - facts.upSinceMs)} />
            <Fact label="Lets in" value={facts.ways.map((factorPolicy) => factorPolicy.join(" + ")).join(", or ")} />
            <Fact label="Sign-up" value={facts.enrolment} />
            <Fact label="Accounts" value={facts.accounts} />
            <Fact label="Devices" value={`${facts.devices}, ${facts.linkedScanners} linked now`} />
            <Fact label="Audit entries" value={facts.auditEntries} />
            <Fact
              label="Last checkpoint"
              value={
                facts.checkpoint === undefined
                  ? "none is written outside the store"
                  : `entry ${facts.checkpoint.seq}, ${durationWords(Date.now() - facts.checkpoint.atMs)} ago`
              }
            />
            <Fact label="Memory" value={`${facts.residentMb} MB`} />
          </dl>
          <h3>Outcomes since the start</h3>
          <DataTable
            caption="Outcomes since the start"
            columns={[
              { label: "Event", show: ({ event }) => event },
              { label: "Reason", show: ({ reason }) => reason },
              { label: "Count", number: true, show: ({ count }) => count },
            ]}
            rows={facts.outcomes}
            keyOf={({ event, reason }) => `${event} ${reason}`}
          />
          <h3>Where the time goes</h3>
          <DataTable
            caption="Where the time goes"
            columns={[
              { label: "Stage", show: ({ stage }) => stage },
              { label: "Count", number: true, show: ({ count }) => count },
              { label: "Median, ms", number: true, show: ({ p50 }) => ms(p50) },
              { label: "95 %, ms", number: true, show: ({ p95 }) => ms(p95) },
              { label: "99 %, ms", number: true, show: ({ p99 }) => ms(p99) },
            ]}
            rows={facts.stages}
            keyOf={({ stage }) => stage}
          />
        </>
      )}
    </Part>
  )
}

function Fact({ label, value }: { label: string; value: string | number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}
