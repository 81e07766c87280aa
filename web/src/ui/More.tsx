/** The end of a list that has more: asks for the next page. */
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { Button } from "./Button.tsx";
import { useText } from "./text.tsx";

type Asked = Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">;

export const More = ({ query }: { readonly query: Asked }) => {
  const { common } = useText();
  return query.hasNextPage ? (
    <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {common.more}
    </Button>
  ) : null;
};
