/** A bank announces when it will not answer, and reads what it has announced. */
import { Type } from "typebox";
import { type AnswerOf, Closed } from "../../http/index.ts";
import { isJsonObject, isList, type JsonObject, type JsonValue } from "../../jws/index.ts";
import { isRefusal, type Refusal } from "../../kernel/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { parseInstant } from "../parsers/index.ts";
import { described, Jti, signedBody } from "../schemas.ts";
import { defineQuery, type ParseRequest } from "../signed-calls.ts";
import type { Window } from "../tables/index.ts";
import { type Announced, type AnnounceMaintenance, announceMaintenance, MAINTENANCE } from "./announce-maintenance.ts";
import { WindowComponent } from "./schemas.ts";
import { windowDocument } from "./views.ts";

const PATH = "/api/v1/p2p/participant/maintenance";

const Windows = Type.Array(WindowComponent, { maxItems: MAINTENANCE.windows });
const MaintenanceAnswer = Closed({ windows: Windows });

const documentOf = (windows: readonly Window[]): AnswerOf<typeof MaintenanceAnswer> => ({
  windows: windows.map(windowDocument),
});

const parseWindow = (value: JsonValue): Window | null => {
  if (!isJsonObject(value)) return null;
  const [from, until] = [parseInstant(value.get("from")), parseInstant(value.get("until"))];
  return from === null || until === null ? null : { from, until };
};

const parseWindows = (payload: JsonObject): readonly Window[] | Refusal<"INVALID_REQUEST"> => {
  const given = payload.get("windows");
  if (!isList(given) || given.length > MAINTENANCE.windows) return invalid("windows");
  const windows = given.map(parseWindow).filter((window) => window !== null);
  return windows.length === given.length ? windows.sort((one, other) => one.from - other.from) : invalid("windows");
};

export const registerMaintenanceRoutes = ({ server, calls, directory }: RailDeps): void => {
  const announce: ParseRequest<AnnounceMaintenance, Announced> = ({ participant }, payload) => {
    const windows = parseWindows(payload);
    if (isRefusal(windows)) return windows;
    return {
      command: announceMaintenance,
      input: { participantGuid: participant.guid, windows },
      async present(announced) {
        await directory.refresh();
        return { status: 200, body: documentOf(announced.windows) };
      },
    };
  };

  server.put(
    PATH,
    {
      config: { access: "signed" },
      schema: {
        summary: "Announce when you will not answer",
        description:
          "What is announced takes the place of what was. Meanwhile you are not asked for receivers or names, and callbacks wait without an attempt being counted. At most ten windows of 24 hours together, within 90 days; a change every ten seconds.",
        tags: ["Callbacks"],
        body: signedBody(Type.Object({ jti: Jti, windows: Windows })),
        response: {
          200: described("in their order", MaintenanceAnswer),
          ...errorResponses(announceMaintenance.refuses),
        },
      },
    },
    calls.write(announce),
  );

  const readMaintenance = defineQuery([], async ({ participant: { guid } }) =>
    documentOf(directory.participant(guid)?.maintenance ?? []),
  );

  server.get(
    PATH,
    {
      config: { access: "signed" },
      schema: {
        summary: "When you have announced that you will not answer",
        tags: ["Callbacks"],
        response: { 200: described("in their order", MaintenanceAnswer), ...errorResponses(readMaintenance.refuses) },
      },
    },
    calls.read(readMaintenance),
  );
};
