/** `/wallet`: what is there and what moved. */
import { Suspense } from "react";
import { Wallet } from "../features/wallet/Wallet.tsx";
import { SkeletonLines } from "../ui/Loaded.tsx";
import { Personal } from "./Personal.tsx";

export const WalletRoute = () => (
  <Personal>
    <Suspense fallback={<SkeletonLines />}>
      <Wallet />
    </Suspense>
  </Personal>
);
