// What an operation answers, by status.
import { Badge } from "../components/basics.tsx";
import type { AnswerShown, OpenApi, Operation } from "./document.ts";
import { codesOf, isError } from "./errors.ts";
import { Folded, SchemaTable } from "./tables.tsx";
import { Inline, Text } from "./text.tsx";

export function Answers({ document, operation }: { document: OpenApi; operation: Operation }) {
  const errors = operation.answers.filter(isError);
  return (
    <>
      <h4>Answers</h4>
      <dl class="answers">
        {operation.answers.filter((each) => !isError(each)).map((each) => (
          <div key={each.status}>
            <dt><Badge tone="good">{each.status}</Badge></dt>
            <dd><Good document={document} operation={operation} answer={each} /></dd>
          </div>
        ))}
        {errors.map((each) => (
          <div key={each.status}>
            <dt><Badge tone={Number(each.status) < 500 ? "warn" : "bad"}>{each.status}</Badge></dt>
            <dd><Bad answer={each} /></dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Good({ document, operation, answer }: { document: OpenApi; operation: Operation; answer: AnswerShown }) {
  const { schema, status, mediaTypes, headers } = answer;
  const isJson = mediaTypes.includes("application/json");
  return (
    <>
      <Text text={answer.description} />
      {mediaTypes.length > 0 && !isJson && <p class="muted small-text">{mediaTypes.join(", ")}</p>}
      {headers.map(([name, header]) => <p key={name} class="small-text"><code>{name}</code>: <Inline text={header.description ?? ""} /></p>)}
      {schema && isJson && <Folded title="Its members">{() => <SchemaTable document={document} schema={schema} caption={`Answer ${status} of ${operation.id}`} />}</Folded>}
    </>
  );
}

/** The codes; where there are none, the sentence alone. */
function Bad({ answer }: { answer: AnswerShown }) {
  const codes = codesOf(answer);
  if (codes.length === 0) return <Text text={answer.description} />;
  return <>{codes.map(({ code, meaning }) => <p key={code}><a class="plain-link" href="#errors"><code>{code}</code></a> <span class="muted"><Inline text={meaning} /></span></p>)}</>;
}
