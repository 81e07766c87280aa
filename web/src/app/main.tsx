/** Where the app begins: puts it into the page. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <h1>Parley</h1>
  </StrictMode>,
);
