/** `/wallet`: what is there and what moved. */
import { Wallet } from "../features/wallet/Wallet.tsx";
import { Personal } from "./Personal.tsx";

export const WalletRoute = () => (
  <Personal>
    <Wallet />
  </Personal>
);
