"""The benchmark's model as data, for the engines that take it so: points and days, repeated or once."""

EVERY = [("page_view", 5, 30), ("email_opened", 2, 30), ("email_clicked", 4, 30), ("pricing_viewed", 10, 14),
         ("video_played", 3, 30), ("social_shared", 2, 60), ("chat_started", 6, 30), ("bounced", -5, 90)]
ONCE = [("webinar_registered", 10, 60), ("webinar_attended", 30, 90), ("whitepaper_downloaded", 15, 60),
        ("demo_requested", 40, 90), ("trial_started", 35, 60), ("newsletter_signup", 15, 365),
        ("survey_filled", 10, 60), ("unsubscribed", -50, 365)]
