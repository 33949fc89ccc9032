//! What conditions may ask about: partner, brand, client, hours, gathered from the mail and the ticket.
