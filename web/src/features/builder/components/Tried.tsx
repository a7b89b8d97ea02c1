import { Collapse } from "@mantine/core";
import { useState } from "react";
import { sentence } from "../../../api/client";
import type { TriedPage } from "../../../api/types";
import { Fold } from "../../../kit/form/SchemaForm";
import { BodyView } from "../../../kit/JsonView";
import { plural } from "../../../kit/numbers";
import type { SeenRequest, SeenResponse } from "../trial";

/** Pages in their order, and between them how it went on. */
export function TriedPages({ pages, isSend }: { pages: TriedPage[]; isSend: boolean }) {
  return (
    <ol className="triedpages" aria-label="Pages">
      {pages.map((page) => (
        <li key={page.number}>
          <Exchange
            title={isSend ? "Sent" : `Page ${page.number}`}
            count={isSend ? null : page.count}
            elapsed={page.elapsed_ms}
            request={page.request as unknown as SeenRequest}
            response={page.response as unknown as SeenResponse}
          />
          {isSend && (
            <div className="decision">
              {page.result ? (
                <>
                  The application calls it <span className="mono">{page.result}</span>
                </>
              ) : (
                "No result was read; the endpoint's result says where its id stands"
              )}
              {page.key && (
                <>
                  ; its key in the ledger is <span className="mono">{page.key}</span>
                </>
              )}
              .
            </div>
          )}
          {page.decision && <div className="decision">{sentence(page.decision)}</div>}
        </li>
      ))}
    </ol>
  );
}

interface ExchangeProps {
  title: string;
  count: number | null;
  elapsed: number;
  request: SeenRequest;
  response: SeenResponse;
}

/** One request as it was sent, and its answer; secrets are masked. */
export function Exchange({ title, count, elapsed, request, response }: ExchangeProps) {
  const [isOpen, setIsOpen] = useState(false);
  const status = response.status ?? 0;
  return (
    <div className="tried">
      <div className="triedhead">
        <b>{title}</b>
        {status > 0 && <span className={`status ${status < 400 ? "green" : "red"}`}>{status}</span>}
        <span className="quiet">
          {count !== null && `${plural(count, "record")}, `}
          {elapsed} ms
        </span>
      </div>
      <div className="mono triedurl">
        <b>{request.method}</b> {request.url}
        {request.query?.length > 0 && `?${request.query.map(([name, value]) => `${name}=${value}`).join("&")}`}
      </div>
      <Fold open={isOpen} onToggle={() => setIsOpen(!isOpen)} label="Request and answer" />
      <Collapse expanded={isOpen}>
        {isOpen && (
          <>
            <Part title="Request" headers={request.headers} body={request.body} />
            <Part title="Answer" headers={response.headers} body={response.body} />
          </>
        )}
      </Collapse>
    </div>
  );
}

function Part({ title, headers, body }: { title: string; headers?: Record<string, string>; body?: string }) {
  return (
    <div style={{ marginTop: 8 }}>
      <div className="faint" style={{ fontSize: 12 }}>
        {title}
      </div>
      <div className="mono headerlines">
        {Object.entries(headers ?? {}).map(([name, value]) => (
          <div key={name}>
            <span className="quiet">{name}:</span> {value}
          </div>
        ))}
      </div>
      {body && <BodyView text={body} height={260} />}
    </div>
  );
}
