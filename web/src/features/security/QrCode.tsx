/** A QR code drawn here, so that its secret is in no address and in no picture that could be kept. */
import encodeQR from "qr";
import { useMemo } from "react";
import css from "./Security.module.css";

/** Light around it, as wide as scanners ask for. */
const BORDER = 4;

export const QrCode = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const { size, path } = useMemo(() => {
    const rows = encodeQR(text, "raw", { ecc: "medium", border: BORDER });
    const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
    return { size: rows.length, path: dark.join("") };
  }, [text]);
  return (
    <svg
      className={css.qr}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      fill="currentColor"
    >
      <path d={path} />
    </svg>
  );
};
