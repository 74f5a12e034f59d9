// The two responses to read again: the rating page's prompt and sides, without a vote.
startPrompt();
startSides();
