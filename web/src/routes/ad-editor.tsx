/** `/my-ads/new`, `/my-ads/:id/edit`: an ad is written, beside the row of the market that it will be. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { EditorPage } from "../features/ad-editor/EditorPage.tsx";
import { AdPreview } from "../features/market/AdPreview.tsx";
import { Personal } from "./Personal.tsx";

const preview: Parameters<typeof EditorPage>[0]["preview"] = (ad) => <AdPreview ad={ad} />;

/** The first step has no name in the address. */
const searchOf = (step: 1 | 2 | 3): { readonly step?: 2 | 3 } => (step === 1 ? {} : { step });

export const NewAdRoute = () => {
  const { step = 1 } = useSearch({ from: "/my-ads/new" });
  const navigate = useNavigate();
  return (
    <Personal>
      <EditorPage
        adId={null}
        step={step}
        onStep={(next) => void navigate({ to: "/my-ads/new", search: searchOf(next) })}
        preview={preview}
      />
    </Personal>
  );
};

export const EditAdRoute = () => {
  const { step = 1 } = useSearch({ from: "/my-ads/$adId/edit" });
  const { adId } = useParams({ from: "/my-ads/$adId/edit" });
  const navigate = useNavigate();
  return (
    <Personal>
      <EditorPage
        adId={Number(adId)}
        step={step}
        onStep={(next) => void navigate({ to: "/my-ads/$adId/edit", params: { adId }, search: searchOf(next) })}
        preview={preview}
      />
    </Personal>
  );
};
