/** As much of it as we use; it comes without types. */
declare module "autocannon" {
  export type Options = {
    readonly url: string;
    readonly connections: number;
    /** How long, or how many requests. */
    readonly duration?: number;
    readonly amount?: number;
    readonly method?: "GET" | "POST";
    readonly requests?: readonly {
      readonly method: "GET" | "POST";
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    }[];
    readonly setupClient?: (client: { setRequests(requests: NonNullable<Options["requests"]>): void }) => void;
  };
  export type Result = {
    readonly requests: { readonly average: number; readonly total: number };
    /** In seconds. */
    readonly duration: number;
    readonly latency: { readonly p50: number; readonly p99: number };
    readonly non2xx: number;
    readonly errors: number;
  };
  const run: (options: Options) => Promise<Result>;
  export default run;
}
