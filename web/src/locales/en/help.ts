/** The two pages of help: how a trade goes, and how nothing is lost by it. */

export const help = {
  howTitle: "How a trade works",
  howLead: "The seller's amount is held before anybody pays, and goes to the buyer when the money is there.",
  how1: "Choose an ad",
  how1Text:
    "The market shows the price, the limits, how to pay and who it is. Whoever sells the best is not always who releases the soonest.",
  how2: "Start the order",
  how2Text: "From now on the seller's amount is held for this order. Neither side can spend it.",
  how3: "Pay, and say so",
  how3Text:
    "The buyer sends exactly the sum shown, from an account of their own, and presses “I have paid” before the time is over.",
  how4: "Check the bank, and release",
  how4Text:
    "The seller looks in the bank's own app. When the money is there, the seller releases, and the buyer has it at once. This cannot be undone.",
  how5: "Rate each other",
  how5Text: "Stars and times stand on everybody's public page, and help the next one to choose.",
  wrongTitle: "When something goes wrong",
  wrong1:
    "Nobody answers, or the sum is wrong: call an operator from the order. The amount stays held until it is decided.",
  wrong2: "You paid, and the order was cancelled meanwhile: say so in the order within 24 hours, and keep the receipt.",
  wrong3: "You have not paid and do not want to: cancel. Doing so often stops you for a day.",
  safetyTitle: "Trading safely",
  safetyLead: "Most losses come from haste. These few rules keep your money.",
  payTitle: "When you pay",
  pay1: "Pay only to what the order shows, exactly that sum, from your own account.",
  pay2: "Do not mention crypto in the note of the transfer.",
  pay3: "Press “I have paid” only when you have. After that, never cancel.",
  pay4: "Keep your bank's receipt until the order is completed.",
  releaseTitle: "When you are paid",
  release1: "Look in your bank's own app. A text message, a letter or a picture proves nothing.",
  release2:
    "The sender is the buyer, and the sum is exact. Money from somebody else may be taken back: call an operator.",
  release3: "Nobody can hurry you. What is released is gone.",
  allTitle: "Always",
  all1: "Stay in the order's chat. Whoever asks you to another messenger wants to be out of sight.",
  all2: "Operators write in the order's chat alone, with a badge that no name can imitate. They never ask for passwords or codes.",
  all3: "Switch on the second factor: then a stolen password alone releases nothing.",
};
