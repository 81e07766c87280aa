/** Sends a form so that it can be seen how far it has come, which `fetch` does not tell; in browsers alone. */

export type Upload = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: FormData;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
};

/** The part of a browser's `XMLHttpRequest` that is used here; Node has none. */
type FormRequest = {
  readonly upload: { onprogress: (event: { lengthComputable: boolean; loaded: number; total: number }) => void };
  onload: () => void;
  onerror: () => void;
  onabort: () => void;
  readonly status: number;
  readonly responseText: string;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getAllResponseHeaders(): string;
  send(body: FormData): void;
  abort(): void;
};

const maker = (): (new () => FormRequest) | undefined => Reflect.get(globalThis as object, "XMLHttpRequest");

export const canShowProgress = (): boolean => maker() !== undefined;

/** As `fetch` does, with the cookies of the page's own origin. */
export const upload = (url: string, { method, headers, body, signal, onProgress }: Upload): Promise<Response> =>
  new Promise((resolve, reject) => {
    const Request = maker();
    if (Request === undefined) throw new TypeError("this platform does not show the progress of uploads");
    const request = new Request();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) onProgress(loaded / total);
    };
    request.onload = () => {
      const { status, responseText } = request;
      resolve(new Response(status === 204 ? null : responseText, { status, headers: headersOf(request) }));
    };
    const fail = () => reject(new TypeError("the upload was cut off"));
    request.onerror = fail;
    request.onabort = fail;
    if (signal.aborted) return fail();
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });

const headersOf = (request: FormRequest): Headers => {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
};
