/** The one page of the toy host: its own head, its own people, and the exchange in its own colours. */
import type { User } from "./users.ts";

/** Everything else follows from these, or stays as it is. */
const COLOURS = { accent: "#5b2a9d", paper: "#f8f5fc", surface: "#ffffff", sunken: "#efe8f8", line: "#d9cdea" };

const STYLE = `
  body { margin: 0; font: 16px/1.5 Georgia, serif; background: #f8f5fc; color: #221433 }
  header { display: flex; gap: 1rem; align-items: center; padding: 0.75rem 1.5rem; background: #5b2a9d; color: #fff }
  header h1 { margin: 0; font-size: 1.25rem; flex: 1 }
  header form { margin: 0 }
  button { font: inherit; padding: 0.5rem 1rem; border: 1px solid #fff; border-radius: 4px; background: none; color: inherit }
  main { padding: 0 } #exchange { height: calc(100vh - 4rem); border-bottom: 1px solid #d9cdea }
`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const entry = ({ id, name }: User): string =>
  `<form method="post" action="/sign-in/${id}"><button>I am ${escaped(name)}</button></form>`;

export type PageParts = {
  readonly parley: string;
  readonly user: User | null;
  readonly users: readonly User[];
  readonly language: string;
};

/** The two lines that a host needs are the scripts at its end. */
export const pageOf = ({ parley, user, users, language }: PageParts): string => `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Lilac Games</title><link rel="icon" href="data:,">
    <style>${STYLE}</style>
  </head>
  <body>
    <header>
      <h1>Lilac Games</h1>
      ${user === null ? users.map(entry).join("") : `<span>${escaped(user.name)}</span><form method="post" action="/sign-out"><button>Leave</button></form>`}
    </header>
    <main id="exchange"></main>
    <script src="${parley}/embed.js"></script>
    <script>
      window.exchange = Parley.embed("#exchange", {
        token: () => fetch("/parley-token").then((reply) => (reply.status === 200 ? reply.text() : null)),
        language: "${language}", theme: "light", colors: ${JSON.stringify(COLOURS)},
      });
    </script>
  </body>
</html>
`;
